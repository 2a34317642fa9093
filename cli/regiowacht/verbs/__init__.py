"""The verbs of each room, one file a room; ``regiowacht.rooms`` names them."""
