package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Block Kit, judged as Slack judges it (docs.slack.dev, "Block Kit", the page of
// each block, element and object): known types in their places, counts, lengths,
// required fields, ids that are unique. Slack's words for what is wrong are known
// from the field ("no more than 25 items allowed [json-pointer:/blocks/1/elements]",
// adobe/spacecat-api-service#176); where none were found they are assumed:.

// object is a JSON object as it came.
type object = map[string]any

const (
	onMessage = "message"
	onModal   = "modal"
	onHome    = "home"
)

// judge collects what is wrong with the blocks of one surface.
type judge struct {
	surface  string
	problems []string
	blockIDs map[string]bool
	inputs   int
	mint     func() string // ids for blocks and elements that came without
}

func (j *judge) fail(at, format string, args ...any) {
	j.problems = append(j.problems, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// blocks judges a list and gives what has no id one, as Slack does.
func (j *judge) blocks(at string, list []any) {
	if most := map[string]int{onMessage: 50, onModal: 100, onHome: 100}[j.surface]; len(list) > most {
		j.fail(at, "no more than %d items allowed", most)
	}
	for i, v := range list {
		j.block(fmt.Sprintf("%s/%d", at, i), v)
	}
}

func (j *judge) block(at string, v any) {
	b, ok := v.(object)
	kind, _ := b["type"].(string)
	check, known := blockKinds[kind]
	switch {
	case !ok:
		j.fail(at, "must be an object")
		return
	case !known:
		j.fail(at+"/type", "unsupported type: %s", kind)
		return
	}
	j.ownID(at, b)
	check(j, at, b)
}

func (j *judge) ownID(at string, b object) {
	j.str(at, b, "block_id", false, 255)
	id, _ := b["block_id"].(string)
	if id == "" {
		id = j.mint()
		b["block_id"] = id
	}
	if j.blockIDs[id] {
		j.fail(at+"/block_id", "`block_id` already exists: %s", id)
	}
	j.blockIDs[id] = true
}

// blockKinds are the blocks that are judged in full; those without a check are
// taken as they are (assumed: an app that sends them knows them).
var blockKinds map[string]func(*judge, string, object)

func init() { // elements refer to blocks' rules and the other way round
	blockKinds = map[string]func(*judge, string, object){
		"section": (*judge).section,
		"header":  func(j *judge, at string, b object) { j.text(at+"/text", b["text"], true, true, 150) },
		"divider": func(*judge, string, object) {},
		"context": (*judge).context,
		"actions": (*judge).actions,
		"input":   (*judge).input,
		"image":   (*judge).image,
		"markdown": func(j *judge, at string, b object) {
			j.only(at, "markdown", onMessage)
			j.str(at, b, "text", true, 12000)
		},
		"rich_text": func(j *judge, at string, b object) { j.items(at+"/elements", b["elements"], 0, 1000) },
		"video":     func(*judge, string, object) {},
		"table":     func(j *judge, at string, _ object) { j.only(at, "table", onMessage) },
	}
}

func (j *judge) only(at, kind string, surfaces ...string) {
	if !slices.Contains(surfaces, j.surface) {
		j.fail(at+"/type", "unsupported type: %s", kind)
	}
}

func (j *judge) section(at string, b object) {
	if b["text"] == nil && b["fields"] == nil {
		j.fail(at, "must define either `fields` or `text`")
	}
	if b["text"] != nil {
		j.text(at+"/text", b["text"], true, false, 3000)
	}
	if b["fields"] != nil {
		for i, f := range j.items(at+"/fields", b["fields"], 1, 10) {
			j.text(fmt.Sprintf("%s/fields/%d", at, i), f, true, false, 2000)
		}
	}
	if b["accessory"] != nil {
		j.element(at+"/accessory", b["accessory"], inSection, map[string]bool{})
	}
}

func (j *judge) context(at string, b object) {
	for i, v := range j.items(at+"/elements", b["elements"], 1, 10) {
		where := fmt.Sprintf("%s/elements/%d", at, i)
		if e, _ := v.(object); e["type"] == "image" {
			j.image(where, e)
			continue
		}
		j.text(where, v, true, false, 3000)
	}
}

func (j *judge) actions(at string, b object) {
	seen := map[string]bool{}
	for i, v := range j.items(at+"/elements", b["elements"], 1, 25) {
		j.element(fmt.Sprintf("%s/elements/%d", at, i), v, inActions, seen)
	}
}

func (j *judge) input(at string, b object) {
	j.inputs++
	j.text(at+"/label", b["label"], true, true, 2000)
	j.text(at+"/hint", b["hint"], false, true, 2000)
	j.element(at+"/element", b["element"], inInput, map[string]bool{})
}

func (j *judge) image(at string, b object) {
	j.str(at, b, "alt_text", true, 2000)
	j.str(at, b, "image_url", b["slack_file"] == nil, 3000)
	j.text(at+"/title", b["title"], false, true, 2000)
}

// text judges a text object.
func (j *judge) text(at string, v any, required, plain bool, most int) {
	if v == nil {
		if required {
			j.fail(at, "missing required field: text")
		}
		return
	}
	t, ok := v.(object)
	kind, _ := t["type"].(string)
	switch {
	case !ok:
		j.fail(at, "must be an object")
	case kind != "plain_text" && (plain || kind != "mrkdwn"):
		j.fail(at+"/type", "unsupported type: %s", kind)
	default:
		j.str(at, t, "text", true, most)
	}
}

// str judges a string: at least one character where it is required.
func (j *judge) str(at string, o object, name string, required bool, most int) {
	v, given := o[name]
	s, ok := v.(string)
	switch {
	case (!given || v == nil) && required:
		j.fail(at, "missing required field: %s", name)
	case !given || v == nil:
	case !ok:
		j.fail(at+"/"+name, "must provide a string")
	case required && s == "":
		j.fail(at+"/"+name, "must be more than 0 characters")
	case utf8.RuneCountInString(s) > most:
		j.fail(at+"/"+name, "must be less than %d characters", most+1)
	}
}

func (j *judge) items(at string, v any, least, most int) []any {
	list, ok := v.([]any)
	switch {
	case !ok:
		j.fail(at, "must provide an array")
	case len(list) < least:
		j.fail(at, "no fewer than %d items allowed", least)
	case len(list) > most:
		j.fail(at, "no more than %d items allowed", most)
	}
	return list
}

// judged are the blocks of a surface with all their ids, or what is wrong.
func (o *Org) judged(surface, at string, raw json.RawMessage) (json.RawMessage, int, []string) {
	var list []any
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, 0, []string{"must provide an array [json-pointer:" + at + "]"}
	}
	j := &judge{surface: surface, blockIDs: map[string]bool{}, mint: o.mint.block}
	j.blocks(at, list)
	out, _ := json.Marshal(list)
	return out, j.inputs, j.problems
}

// wrongBlocks is how messages are refused: the same words twice.
func wrongBlocks(problems []string) error {
	return refuseWith("invalid_blocks", reply{"errors": problems, "response_metadata": reply{"messages": asErrors(problems)}})
}

func asErrors(problems []string) []string {
	out := make([]string, len(problems))
	for i, p := range problems {
		out[i] = "[ERROR] " + p
	}
	return out
}
