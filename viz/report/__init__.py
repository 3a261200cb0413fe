"""One page of HTML that tells a comparison or a reproduction, to read, print or send."""
