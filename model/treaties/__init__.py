"""What treaties do: articles as rules, bargaining over depth, the ladder, coming and going."""
