"""What all platforms share: commands, sentences, buttons, progress, image fitting, the shop and replies."""
