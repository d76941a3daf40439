"""Bodies of the derived answers, for the OpenAPI document; a file a family."""
