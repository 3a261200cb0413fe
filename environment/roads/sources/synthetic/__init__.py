"""How the synthetic city grows: land, main roads, blocks, suburbs, then streets and people."""
