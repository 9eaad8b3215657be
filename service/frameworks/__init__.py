"""What is known of frameworks: one module a framework, and families of models by the library that has them.

A record says what a framework is called and calls things, where it stores the axes of each layer's tensors, what each
tensor starts with, and what its calls make: each as a scheme of the catalogue with its parameters, so that a reply can
tell what it is. A module says of which version of the framework it is; a tensor stays what it is when a later version
starts otherwise.
"""
