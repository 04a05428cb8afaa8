"""An article as a schema.org NewsArticle in JSON-LD. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

TYPES = {"opinion": "OpinionNewsArticle", "analysis": "AnalysisNewsArticle"}
NAMED = {"place": "Place", "armed_group": "Organization", "organization": "Organization", "person": "Person"}
DATE_FORMS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def news_article(article: dict[str, Any]) -> dict[str, Any]:
    """The article (a row of warehouse.release.release_articles) with the terms of schema.org; what is not known is left out.

    A day without a time is given as a day, in the outlet's zone.
    """
    said = {
        "@context": "https://schema.org", "@type": TYPES.get(article["kind"], "NewsArticle"), "@id": article["url"], "url": article["url"],
        "sameAs": article["aliases"], "identifier": identifiers(article), "headline": article["headline"], "description": article["description"],
        "articleBody": article["body"], "inLanguage": article["language"], "articleSection": article["section"], "keywords": article["keywords"],
        "author": [{"@type": "Person", "name": name} for name in article["authors"] or ()], "creditText": article["byline"],
        "publisher": publisher(article), "sourceOrganization": organisation(article["source_outlet"]), "dateline": dateline(article),
        "datePublished": moment(article["date_published"], article["date_published_precision"], article["time_zone"]),
        "dateModified": moment(article["date_modified"], "second", article["time_zone"]), "wordCount": article["word_count"],
        "version": article["version"], "isAccessibleForFree": False if article["is_truncated"] else None, "isBasedOn": article["original_url"],
        "image": [picture(each) for each in article["images"] or () if each["url"]], "about": [topic(each) for each in article["topics"] or ()],
        "mentions": [named(each) for each in article["names"] or ()],
    }
    return known(said)


def known(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, [], {}, "")}


def identifiers(article: dict[str, Any]) -> list[dict[str, Any]]:
    pairs = (("nightdesk", article["article_id"]), ("sha256 of articleBody", article["body_sha256"]),
             ("sha256 of the page as it was received", article["payload_sha256"]))
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in pairs if value]


def publisher(article: dict[str, Any]) -> dict[str, Any]:
    return known({"@type": "NewsMediaOrganization", "name": article["outlet"] or article["outlet_id"], "url": article["homepage"]})


def organisation(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": name} if name else None


def dateline(article: dict[str, Any]) -> str:
    day = article["dateline_date"]
    return ", ".join(filter(None, (article["dateline_place"], day.isoformat() if day else None)))


def moment(value: datetime | None, precision: str | None, time_zone: str | None) -> str | None:
    if value is None:
        return None
    local = value.astimezone(ZoneInfo(time_zone or "UTC"))
    return local.strftime(DATE_FORMS[precision]) if precision in DATE_FORMS else local.isoformat(timespec="seconds")


def picture(image: dict[str, Any]) -> dict[str, Any]:
    return known({"@type": "ImageObject", "contentUrl": image["url"], "caption": image["caption"], "creditText": image["credit"]})


def topic(subject: dict[str, Any]) -> dict[str, Any]:
    return {"@type": "DefinedTerm", "inDefinedTermSet": subject["scheme"], "termCode": subject["code"], "name": subject["name"]}


def named(entity: dict[str, Any]) -> dict[str, Any]:
    place = {"@type": "GeoCoordinates", "latitude": entity["latitude"], "longitude": entity["longitude"]} if entity["latitude"] is not None else None
    item = f"http://www.wikidata.org/entity/{entity['wikidata_id']}" if entity["wikidata_id"] else None
    kind = NAMED.get(entity["kind"], "Thing")
    return known({"@type": kind, "name": entity["name"], "identifier": entity["entity_id"], "sameAs": item, "geo": place})
