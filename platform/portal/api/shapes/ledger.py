"""Entries of the ledger, and what proves them."""

from typing import Any

from rest_framework import serializers as s


class EntryShape(s.Serializer[Any]):
    id = s.UUIDField()
    seq = s.IntegerField(allow_null=True)
    at = s.DateTimeField()
    event = s.CharField()
    sentence = s.CharField()
    actor = s.CharField()
    actor_name = s.CharField()
    target = s.CharField()
    data = s.DictField()  # type: ignore[assignment]
    run = s.CharField(allow_null=True)
    seal = s.IntegerField(allow_null=True)


class BrokenShape(s.Serializer[Any]):
    what = s.CharField()
    seq = s.IntegerField(allow_null=True)
    entry = s.UUIDField(allow_null=True)
    seal = s.IntegerField(allow_null=True)


class KeptShape(s.Serializer[Any]):
    place = s.CharField()
    number = s.IntegerField()
    seq = s.IntegerField()
    hash = s.CharField()
    at = s.DateTimeField(allow_null=True)
    compared = s.BooleanField()


class GoneShape(s.Serializer[Any]):
    entries = s.IntegerField()
    up_to = s.IntegerField()
    recorded = s.UUIDField()


class VerdictShape(s.Serializer[Any]):
    holds = s.BooleanField()
    statements = s.ListField(child=s.CharField())
    sealed = s.IntegerField()
    not_sealed = s.IntegerField()
    kept = KeptShape(allow_null=True)
    broken = BrokenShape(allow_null=True)
    pruned = GoneShape(allow_null=True, help_text="What retention removed; its hashes still hold.")
    ledger = s.CharField()
    seals = s.IntegerField()
    sealed_at = s.DateTimeField(allow_null=True)
    head = s.CharField(allow_null=True)
    verified_at = s.DateTimeField()


class ProofShape(s.Serializer[Any]):
    format = s.IntegerField()
    entry = s.CharField()
    seq = s.IntegerField()
    path = s.ListField(child=s.CharField())
    head = s.CharField()
    signature = s.CharField()
    key = s.CharField()


class KeyShape(s.Serializer[Any]):
    id = s.CharField()
    pem = s.CharField()
    in_force = s.BooleanField()


class KeysShape(s.Serializer[Any]):
    keys = KeyShape(many=True)
