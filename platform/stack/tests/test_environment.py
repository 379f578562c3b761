"""What the environment may say about the stack."""

from pathlib import Path

import pytest

from stack import environment
from stack.errors import StackError


def test_nothing_set_means_embedded_services_and_the_usual_ports(tmp_path: Path):
    settings = environment.read({}, tmp_path)
    assert (settings.http_port, settings.smtp_port) == (8000, 2525)
    assert settings.data_dir == tmp_path / ".data"
    assert settings.http_url == "http://localhost:8000"
    assert not settings.database_url
    assert not settings.redis_url


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HTTP_PORT": "eight"}, "HTTP_PORT must be a port number"),
        ({"SMTP_PORT": "70000"}, "SMTP_PORT must be a port number"),
        ({"HTTP_PORT": "2525"}, "HTTP_PORT and SMTP_PORT are both 2525"),
        ({"DATABASE_URL": "postgresql://h/d"}, "DATABASE_URL is set and DATABASE_OWNER_URL is not"),
        ({"DATABASE_OWNER_URL": "postgresql://h/d"}, "DATABASE_OWNER_URL is set and DATABASE_URL is not"),
    ],
)
def test_what_is_malformed_is_named(given, said):
    with pytest.raises(StackError, match=said):
        environment.read(given)
