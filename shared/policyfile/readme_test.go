package policyfile

import (
	"regexp"
	"strings"
	"testing"
)

var example = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// The page's examples are policies that can be published as they stand.
func TestReadmeExamples(t *testing.T) {
	examples := example.FindAllStringSubmatch(string(read(t, "README.md")), -1)
	if len(examples) < 2 {
		t.Fatal("the page has lost its examples")
	}
	for _, e := range examples {
		if found := Check(parse(t, e[1])); len(found) > 0 {
			t.Errorf("%s\n%s", e[1], lines(found))
		}
	}
}

// Every field that Parse knows stands in the page, and in the package comment.
func TestEveryFieldIsExplained(t *testing.T) {
	_, err := Parse([]byte("version: 1\nrules: [{x: 1, resources: {x: 1}, requesters: {x: 1}, when_empty: {x: 1}, emergency: {x: 1}, solo: {x: 1}}]\n"))
	known := regexp.MustCompile(`known are ([a-z_, ]+)`).FindAllStringSubmatch(strings.ReplaceAll(problems(err).Error(), "\n", ";"), -1)
	if len(known) != 6 {
		t.Fatal(err)
	}
	for _, file := range []string{"README.md", "doc.go"} {
		text := string(read(t, file))
		for _, k := range known {
			for _, name := range strings.Split(k[1], ", ") {
				if !strings.Contains(text, name+":") && !strings.Contains(text, "`"+name+"`") {
					t.Errorf("%s says nothing of %s", file, name)
				}
			}
		}
	}
}
