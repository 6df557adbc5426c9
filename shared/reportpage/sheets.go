package reportpage

import (
	"io"
	"strings"

	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/sheet"
)

// Sheet writes a section as CSV. Its head is the page's, in lower case and with
// underscores.
func Sheet(w io.Writer, s report.Section) error {
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(c.Head))
	}
	out := sheet.New(w, head...)
	for _, row := range s.Rows {
		out.Row(row...)
	}
	return out.Flush()
}
