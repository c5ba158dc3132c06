"""The API's description: the OpenAPI document, and the page that people read."""
