"""Documents of what a tenant knows, and every version that each of them has had."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Q, When
from uuid_utils.compat import uuid7

from audit.append_only import append_only
from audit.services import Moves

TITLE_CHARS = 120


class DocumentStatus(models.TextChoices):
    IN_USE = "in_use", "In use"
    RETIRED = "retired", "Retired"


MOVES = Moves(
    {
        (DocumentStatus.IN_USE, DocumentStatus.RETIRED): "knowledge.retired",
        (DocumentStatus.RETIRED, DocumentStatus.IN_USE): "knowledge.restored",
    }
)


class Audience(models.TextChoices):
    """Who may read what a document says; replies quote what customers may read, and nothing else."""

    CUSTOMERS = "customers", "Customers and staff"
    STAFF = "staff", "Staff only"


class Language(models.TextChoices):
    """The languages that a document may be in: those whose words PostgreSQL knows how to find."""

    EN = "en", "English"
    DE = "de", "German"
    ES = "es", "Spanish"
    FR = "fr", "French"
    IT = "it", "Italian"
    PT = "pt", "Portuguese"


# By which rules PostgreSQL finds words of a language: without endings, without the small words.
SEARCHED_AS = {
    Language.EN: "english",
    Language.DE: "german",
    Language.ES: "spanish",
    Language.FR: "french",
    Language.IT: "italian",
    Language.PT: "portuguese",
}


class Document(models.Model):
    """A line of versions. `number` is the version in force; `revision` counts every change, that of the status too."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.IN_USE)
    number = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DocumentStatus.values), name="knowledge_document_status")
        ]

    def __str__(self) -> str:
        return f"Document {self.pk}"


@append_only()
class DocumentVersion(models.Model):
    """What a document says, never changed again. `searched`: its words, those of the title weighing more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE_CHARS)
    text = models.TextField()
    language = models.CharField(max_length=2, choices=Language, default=Language.EN)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.CUSTOMERS)
    author = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    searched = models.GeneratedField(
        expression=Case(
            *(
                When(
                    language=language.value,
                    then=SearchVector("title", weight="A", config=rules)
                    + SearchVector("text", weight="B", config=rules),
                )
                for language, rules in SEARCHED_AS.items()
            ),
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    class Meta:
        verbose_name = "version"
        indexes = [GinIndex(fields=["searched"], name="knowledge_searched")]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="knowledge_version_number"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="knowledge_version_says_something"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="knowledge_version_audience"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="knowledge_version_language"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"
