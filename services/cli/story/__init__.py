"""The sample story: a fictional association and its partners, told over years."""
