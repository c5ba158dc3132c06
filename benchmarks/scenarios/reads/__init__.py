"""What the scenario of the API's reads sends, and the server it is measured beside."""
