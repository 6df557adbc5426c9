// Package archtest holds the floor plan: who may import whom, over the real
// import graph, how long a file may be, and which files stand at the top. It
// owns no code that runs; its tests fail when a wall is moved by accident.
package archtest
