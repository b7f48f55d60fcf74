"""What the places hand to the application."""

from server.core.module import Module
from server.modules.places.api import PlacesController
from server.modules.places.seed import read, seed
from server.modules.places.snapshot import places_snapshot

module = Module("places", controllers=[PlacesController], snapshots=[places_snapshot], reads=[read], seed=seed)
