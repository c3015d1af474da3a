"""The stateless service: any worker answers any request from a context token and a store."""
