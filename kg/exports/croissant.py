"""A release as Croissant describes datasets, for those who load them by program: files, tables, and every column.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html tells the format; `mlcroissant` reads it.
"""

import json
from datetime import date
from importlib.metadata import version
from typing import IO, Any

from kg.claim import COLUMNS, ORIGIN
from kg.exports import about
from kg.exports.description import Counts, File, summary
from kg.exports.tabular import TABLES

_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "extract": "cr:extract", "field": "cr:field", "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/", "recordSet": "cr:recordSet", "references": "cr:references",
    "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}  # fmt: skip
#: What Croissant calls media types otherwise.
_MEDIA_TYPES = {"application/vnd.apache.parquet": "application/x-parquet"}
_TYPES = {"text": "sc:Text", "integer": "sc:Integer", "real": "sc:Float", "boolean": "sc:Boolean"}


def write_croissant(counts: Counts, files: list[File], day: date, output: IO[bytes]) -> None:
    """Write the description of a release's files, and of the tables in them: the claims, and those of Parquet."""
    names = {file.name for file in files}
    sets = [_claims("stemkg.csv")] if "stemkg.csv" in names else []
    for table in TABLES:
        if (file := f"stemkg_{table.name}.parquet") in names:
            fields = [
                _field(table.name, column.name, column.description, _TYPES[column.type], file, column.refers_to)
                for column in table.columns
            ]
            sets.append(_record_set(table.name, table.description, fields) | {"key": {"@id": f"{table.name}/id"}})
    maker = {"@type": "Organization", "name": about.MAKER_NAME, "url": about.MAKER}
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": about.DATASET,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": about.TITLE,
        "description": summary(counts),
        "license": about.LICENCE,
        "url": about.DATASET,
        "version": version("stemkg"),
        "datePublished": day.isoformat(),
        "citeAs": f"{about.MAKER_NAME}: {about.TITLE} {version('stemkg')}. {about.DATASET}",
        "creator": maker,
        "publisher": maker,
        "keywords": list(about.KEYWORDS),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.name,
                "name": file.name,
                "description": file.description,
                "contentUrl": file.name,
                "contentSize": f"{file.size} B",
                "encodingFormat": _MEDIA_TYPES.get(file.media_type, file.media_type),
                "sha256": file.sha256,
            }
            for file in files
        ],
        "recordSet": sets,
    }
    output.write((json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode())


def _claims(file: str) -> dict[str, Any]:
    """The table of claims, whose columns spec and program share."""
    told = {column.name: column.description for table in TABLES for column in table.columns if table.name == "claims"}
    told |= {"doc": "the article that makes the claim", "qualifiers": "KEY=CURIE pairs with ; between them"}
    fields = [_field("claims-table", name, told[name], "sc:Text", file, "") for name in (*COLUMNS, *ORIGIN)]
    return _record_set("claims-table", "What an article says, sentence by sentence, as a table of text.", fields)


def _record_set(name: str, description: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "description": description, "field": fields}


def _field(table: str, name: str, description: str, type: str, file: str, refers_to: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": f"{table}/{name}",
        "description": description,
        "dataType": type,
        "source": {"fileObject": {"@id": file}, "extract": {"column": name}},
    }
    return found | ({"references": {"field": {"@id": f"{refers_to}/id"}}} if refers_to else {})
