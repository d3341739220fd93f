"""One module an area: its request classes, and the resource that lists them."""
