"""The fields of answers, as the OpenAPI document and the responses show them."""
