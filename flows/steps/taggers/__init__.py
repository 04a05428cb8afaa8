"""The taggers: each module finds one kind of tag in a Reading. `flows.steps.tag.TAGGERS` lists them."""
