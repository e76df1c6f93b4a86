"""The exchange: gifts, wishes, drifts, beans and what members are told of them."""
