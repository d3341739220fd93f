"""Request classes in modules by what they are about, and a resource for each area that lists them."""
