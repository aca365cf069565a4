"""A little app of its own, so that the kernel is tested without any feature of the product."""
