"""Places and actors that are known, as rows of the table entities."""

from __future__ import annotations

from flows.steps.taggers.villages import villages
from flows.steps.taggers.vocabulary import vocabulary
from warehouse.records import Entity


def known_entities() -> tuple[Entity, ...]:
    """All places and actors of the terms tables, with the villages where their list was built. Ids: P-codes, and those of actors.csv.

    Bago and Shan as wholes have no P-code of their own: their id is the range of their parts (MMR007-008), their pcode None
    and their admin1_pcode the first part's, so that sums by state keep them together.
    """
    words = vocabulary()
    places = [
        Entity(
            entity_id=place.pcode, kind="place", name=place.name, name_my=place.name_my, pcode=None if "-" in place.pcode else place.pcode,
            admin1_pcode=place.admin1_pcode, latitude=place.latitude, longitude=place.longitude,
        )
        for place in words.places.values()
    ]  # fmt: skip
    actors = [
        Entity(
            entity_id=actor.actor_id, kind=actor.kind, name=actor.name, name_my=actor.name_my, abbreviation=actor.abbreviation,
            side=actor.side, ucdp_id=actor.ucdp_id,
        )
        for actor in words.actors.values()
    ]  # fmt: skip
    of_villages = [
        Entity(
            entity_id=village.pcode, kind="place", name=village.name, name_my=village.name_my, pcode=village.pcode,
            admin1_pcode=words.places[village.township_pcode].admin1_pcode, latitude=village.latitude, longitude=village.longitude,
        )
        for township in villages().values() for village in township.villages
    ]  # fmt: skip
    return (*places, *of_villages, *actors)
