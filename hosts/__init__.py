# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person touches: the terminal, Nuke, Blender, Qt windows. Hosts know core; core never knows a host."""
