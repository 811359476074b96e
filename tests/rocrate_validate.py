"""Runs the validator of RO-Crates over a release, without a network. To be run by a Python that has `roc-validator`.

The context of RO-Crate, which the validator would fetch, is given as a file; what else it would fetch is not there.

    python rocrate_validate.py FOLDER CONTEXT       prints what is required and not so, as JSON: nothing is `[]`
"""

# mypy: ignore-errors

import io
import json
import sys
from pathlib import Path

import requests.adapters
import urllib3

folder, context = sys.argv[1:]


def send(_, request, **__):
    known = request.url == "https://w3id.org/ro/crate/1.2/context"
    answer = requests.Response()
    answer.request, answer.url = request, request.url
    answer.status_code = 200 if known else 404
    answer.headers["Content-Type"] = "application/ld+json"
    answer._content = Path(context).read_bytes() if known else b""
    answer.raw = urllib3.HTTPResponse(io.BytesIO(answer.content), status=answer.status_code, preload_content=False)
    return answer


requests.adapters.HTTPAdapter.send = send

from rocrate_validator import models, services  # noqa: E402

result = services.validate(
    services.ValidationSettings(
        rocrate_uri=folder,
        profile_identifier="ro-crate-1.2",
        requirement_severity=models.Severity.REQUIRED,
        no_cache=True,
    )
)
print(json.dumps([issue.message for issue in result.get_issues()]))
