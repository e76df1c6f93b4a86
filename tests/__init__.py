"""The tests: unit, contract, integration, functional, browser, architecture; and the benchmarks."""
