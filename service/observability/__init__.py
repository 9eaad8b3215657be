"""What operators see of the service: metrics, a log of requests, traces."""
