package evidence

import (
	_ "embed"
	"io"
	"text/template"
)

//go:embed readme.txt
var readmeText string

var readmeForm = template.Must(template.New("readme").Parse(readmeText))

func writeReadme(w io.Writer, c campaignRecord) error { return readmeForm.Execute(w, c) }
