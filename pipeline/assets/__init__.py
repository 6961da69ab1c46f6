"""What comes with the package: the weights of `lite`, and the portrait that the sample photo is made of."""
