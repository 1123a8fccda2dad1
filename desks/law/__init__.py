"""The law, for everybody who is judged by it: what each clause says, since when, and what is to come."""
