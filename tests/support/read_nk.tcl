# SPDX-License-Identifier: GPL-3.0-or-later
# Reads a .nk script without evaluating it: one line "Class knob value" per knob, the value in base64; exits 1 where
# it is no script.

proc commands {text} {
    set found {}
    set command ""
    foreach line [split $text "\n"] {
        append command $line "\n"
        if {![info complete $command]} continue
        if {[string trim $command] ne ""} { lappend found $command }
        set command ""
    }
    if {[string trim $command] ne ""} { error "unclosed: $command" }
    return $found
}

set file [open [lindex $argv 0] r]
fconfigure $file -encoding utf-8
set depth 0
foreach command [commands [read $file]] {
    set kind [lindex $command 0]
    if {$kind eq "version"} continue
    if {$kind eq "end_group"} { incr depth -1; continue }
    if {[llength $command] != 2} { error "no node: $command" }
    if {$kind in {Group Gizmo LiveGroup Precomp}} { incr depth }
    foreach knob [commands [lindex $command 1]] {
        set rest [lrange $knob 1 end]
        set value [expr {[llength $rest] == 1 ? [lindex $rest 0] : $rest}]
        puts "$kind [lindex $knob 0] [binary encode base64 [encoding convertto utf-8 $value]]"
    }
}
if {$depth != 0} { error "a group is not closed" }
