"""The read model of who the partners are: names, groups, who looks after them."""
