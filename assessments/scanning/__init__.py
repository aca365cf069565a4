"""Scanner results: problems on components, mapped to requirement items, followed until they are gone."""
