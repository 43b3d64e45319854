"""A question on its way in: who may ask, where and how often, and what came before it."""
