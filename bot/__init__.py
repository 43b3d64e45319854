"""The Discord half of Pullquote. It knows the archive only through the front door of `index`."""
