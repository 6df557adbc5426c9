package policyfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/ebb-access/ebb/shared/access"
)

// MostBytes is how long a document may be.
const MostBytes = 256 << 10

// Format is the version of the format that this package reads.
const Format = "1"

// Parse reads a document. All that is wrong with it comes back at once: the
// error is fault.Invalid, and errors.As finds Errors in it. The policy has
// its Source and Digest, and no Version: publishing gives that.
func Parse(src []byte) (access.Policy, error) {
	const op = "policyfile.Parse"
	r := &reader{}
	root := r.document(src)
	if root == nil {
		return access.Policy{}, r.found.fault(op)
	}
	r.plain(root)
	p := r.root(root)
	if err := r.found.fault(op); err != nil {
		return access.Policy{}, err
	}
	sum := sha256.Sum256(src)
	p.Source, p.Digest = string(src), hex.EncodeToString(sum[:])
	return p, nil
}

// document gives the root of the one document in src, or nil with a problem.
func (r *reader) document(src []byte) *yaml.Node {
	switch {
	case len(src) > MostBytes:
		r.line(1, "", "the document has %d bytes; at most %d are read", len(src), MostBytes)
		return nil
	case !utf8.Valid(src):
		r.line(1+bytes.Count(src[:validPrefix(src)], []byte("\n")), "", "the document is not UTF-8 text; save it as UTF-8")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		r.line(1, "", "the document is empty; it begins with version: %s and rules:", Format)
		return nil
	case err != nil:
		r.syntax(err, string(src))
		return nil
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		r.line(max(second.Line, 1), "", "a second document begins (---); a policy is one document")
		return nil
	}
	return doc.Content[0]
}

func validPrefix(src []byte) int {
	at := 0
	for at < len(src) {
		c, n := utf8.DecodeRune(src[at:])
		if c == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax turns the YAML library's words into a problem, with a hint for what
// people meet most: YAML gives @, * and # at the start of a value a meaning.
func (r *reader) syntax(err error, src string) {
	msg, line := err.Error(), 1
	if m := syntaxLine.FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	switch {
	case strings.Contains(msg, "unknown anchor"):
		// The library does not say where this one is.
		if _, after, ok := strings.Cut(msg, "'"); ok {
			name, _, _ := strings.Cut(after, "'")
			before, _, _ := strings.Cut(src, "*"+name)
			line = 1 + strings.Count(before, "\n")
		}
		msg += `; a value that begins with * needs quotes: "*-oncall"`
	case strings.Contains(msg, "cannot start any token"):
		msg += `; a value that begins with @ or % needs quotes: "@leads" (and indentation is spaces, not tabs)`
	case strings.Contains(msg, "did not find expected"):
		msg += `; a value that begins with # needs quotes, or leave the # out`
	}
	r.line(line, "", "this is not YAML: %s", msg)
}

// plain refuses what makes a line mean something that stands elsewhere.
func (r *reader) plain(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		r.at(n, "", "an alias (*%s) is not read; write the value out here, or put a name that begins with * into quotes", clip(n.Value))
		return
	case n.Anchor != "":
		r.at(n, "", "an anchor (&%s) is not read; leave it out", clip(n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		r.at(n, "", "a tag (%s) is not read; leave it out", clip(n.Tag))
	}
	for _, c := range n.Content {
		r.plain(c)
	}
}

// root reads the outermost fields.
func (r *reader) root(n *yaml.Node) access.Policy {
	var out access.Policy
	r.object(n, "", map[string]field{
		"version":      {need: true, read: r.version},
		"profiles":     {false, func(n *yaml.Node, p string) { out.Profiles = r.profiles(n, p) }},
		"organization": {false, func(n *yaml.Node, p string) { out.Hours = r.organization(n, p) }},
		"rules": {need: true, read: func(n *yaml.Node, path string) {
			seen := map[string]int{}
			for i, item := range r.list(n, path) {
				out.Rules = append(out.Rules, r.rule(item, fmt.Sprintf("%s[%d]", path, i), seen))
			}
		}},
	})
	return out
}

func (r *reader) version(n *yaml.Node, path string) {
	if n.Kind != yaml.ScalarNode || n.Value != Format || n.ShortTag() != "!!int" {
		r.at(n, path, "is the version of this format, the number %s; found %s", Format, what(n))
	}
}
