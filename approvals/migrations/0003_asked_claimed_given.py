import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0002_bound_and_counted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asker", models.UUIDField()),
                ("asker_name", models.CharField(max_length=200)),
                ("colleague", models.UUIDField()),
                ("colleague_name", models.CharField(max_length=200)),
                ("note", models.TextField()),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("until", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("answered", "Answered"), ("taken_back", "Taken Back"), ("unanswered", "Unanswered")],
                        max_length=20,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="approval",
            name="approval_status",
        ),
        migrations.RemoveConstraint(
            model_name="approval",
            name="one_open_reply_a_thread",
        ),
        migrations.RemoveConstraint(
            model_name="approval",
            name="one_open_proposal_a_bundle",
        ),
        migrations.AddField(
            model_name="approval",
            name="claimed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="approval",
            name="claimed_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="approval",
            name="claimed_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="approval",
            name="delegated_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="approval",
            name="delegated_to",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="approval",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("asked", "Asked"),
                    ("approved", "Approved"),
                    ("rejected", "Rejected"),
                    ("expired", "Expired"),
                    ("withdrawn", "Withdrawn"),
                    ("stale", "Stale"),
                    ("executing", "Executing"),
                    ("executed", "Executed"),
                    ("taken_back", "Taken Back"),
                    ("failed", "Failed"),
                ],
                default="pending",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "pending",
                            "asked",
                            "approved",
                            "rejected",
                            "expired",
                            "withdrawn",
                            "stale",
                            "executing",
                            "executed",
                            "taken_back",
                            "failed",
                        ],
                    )
                ),
                name="approval_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status__in", ("pending", "asked", "stale", "approved", "executing")),
                    models.Q(("thread", ""), _negated=True),
                ),
                fields=("thread",),
                name="one_open_reply_a_thread",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("pending", "asked", "stale", "approved", "executing"))),
                fields=("run", "key"),
                name="one_open_proposal_a_bundle",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="approval",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="questions", to="approvals.approval"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "answered", "taken_back", "unanswered"])),
                name="question_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("approval",), name="one_open_question_an_approval"
            ),
        ),
    ]
