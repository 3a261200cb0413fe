"""Zhao, Zhang and Pang: ten scenarios of coordinated supply, run again."""
