"""Who should be listed: key enterprises for VOCs, candidates of counties, the proposal."""
