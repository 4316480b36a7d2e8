"""The AWS emulator: moto's server with what AWS does and moto does not, and control endpoints for tests."""
