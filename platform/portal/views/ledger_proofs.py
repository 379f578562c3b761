"""What an auditor asks of the ledger: that it be verified, the proof of an entry, and what to check that with."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.errors import NoHeads, NoSigningKey, NotSealed, VerificationUnderWay
from audit.keys import public_keys
from audit.proofs import proof_file
from audit.standing import verified
from portal.api.ledger import VERIFIER
from portal.conversations.sandbox import file_answer
from portal.views.access import page


@require_POST
@page("audit.view_entry")
def ledger_verify_post(request: HttpRequest) -> HttpResponse:
    """Verify the ledger, and show on its page what that came to."""
    try:
        verified()
    except (VerificationUnderWay, NoSigningKey, NoHeads) as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('portal:ledger')}?{request.GET.urlencode()}#standing")


@require_safe
@page("audit.view_entry")
def entry_proof(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """The proof that an entry is in the sealed ledger, as a file."""
    try:
        proof = proof_file(entry_id)
    except NotSealed:
        raise Http404("There is no such entry, or it is not sealed yet.") from None
    return file_answer(proof.encode(), name=f"entry-{entry_id}.json", content_type="application/json")


@require_safe
@page("audit.view_entry")
def ledger_verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a proof without ours, to be read before it is run."""
    answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@page("audit.view_entry")
def ledger_key(request: HttpRequest, key_id: str) -> HttpResponse:
    """A public key that seals are signed with, or were."""
    key = public_keys().get(key_id)
    if key is None:
        raise Http404("No seal is signed with this key.")
    return file_answer(key.pem.encode(), name=f"ledger-{key.id[:12]}.pem", content_type="text/plain")
