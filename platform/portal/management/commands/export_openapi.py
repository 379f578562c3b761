import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator


class Command(BaseCommand):
    help = "Prints the OpenAPI 3.1 document of the tenant API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="(the output is JSON in any case)")
        parser.add_argument("--validate", action="store_true", help="fail on warnings and on an invalid document")

    def handle(self, *args: Any, **options: Any) -> None:
        generator: Any = SchemaGenerator
        document = generator(urlconf="config.urls_tenant").get_schema(request=None, public=True)
        if options["validate"]:
            self._validate(document)
        self.stdout.write(json.dumps(document, indent=2, default=str))

    def _validate(self, document: Any) -> None:
        from openapi_spec_validator import validate

        if GENERATOR_STATS:
            GENERATOR_STATS.emit_summary()
            raise CommandError("the document was made with warnings")
        validate(json.loads(json.dumps(document, default=str)))
