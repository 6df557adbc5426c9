package access

import "strings"

// DiffLine is one line of the difference between two texts: Sign is '-' for
// what only the first has, '+' for what only the second has, ' ' for both.
type DiffLine struct {
	Sign byte
	Text string
}

// mostCells bounds the work for two texts that have little in common; beyond it
// everything between their common ends counts as changed.
const mostCells = 4 << 20

// DiffLines compares two texts line by line: a shortest difference, what goes
// before what comes.
func DiffLines(a, b string) []DiffLine {
	x, y := lines(a), lines(b)
	var head, tail []DiffLine
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		head, x, y = append(head, DiffLine{' ', x[0]}), x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		tail = append([]DiffLine{{' ', x[len(x)-1]}}, tail...)
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return append(append(head, middle(x, y)...), tail...)
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// middle compares what begins and ends differently.
func middle(x, y []string) []DiffLine {
	var out []DiffLine
	i, j := 0, 0
	if (len(x)+1)*(len(y)+1) <= mostCells {
		common := longest(x, y)
		for i < len(x) && j < len(y) {
			switch {
			case x[i] == y[j]:
				out = append(out, DiffLine{' ', x[i]})
				i, j = i+1, j+1
			case common[i+1][j] >= common[i][j+1]:
				out = append(out, DiffLine{'-', x[i]})
				i++
			default:
				out = append(out, DiffLine{'+', y[j]})
				j++
			}
		}
	}
	for ; i < len(x); i++ {
		out = append(out, DiffLine{'-', x[i]})
	}
	for ; j < len(y); j++ {
		out = append(out, DiffLine{'+', y[j]})
	}
	return out
}

// longest is the length of the longest common sequence of x[i:] and y[j:].
func longest(x, y []string) [][]int32 {
	out := make([][]int32, len(x)+1)
	for i := range out {
		out[i] = make([]int32, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if out[i][j] = max(out[i+1][j], out[i][j+1]); x[i] == y[j] {
				out[i][j] = out[i+1][j+1] + 1
			}
		}
	}
	return out
}
