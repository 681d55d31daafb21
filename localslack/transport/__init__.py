"""Web API, Socket Mode and signed requests on the wire."""
