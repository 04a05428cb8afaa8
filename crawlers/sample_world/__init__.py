"""The sample world: six invented outlets on two invented nights, served on loopback for the demo and the tests."""
