// Command driver reports how stock Protobuf, stock ProtoJSON and stock
// protovalidate for Go read, judge and write the vectors of the contract. It
// does not judge the results: its output is compared elsewhere.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"buf.build/go/protovalidate"
	dossierv1 "github.com/speckitty/mission-dossier-go/speckitty/dossier/v1"
	_ "github.com/speckitty/mission-dossier-go/speckitty/dossier/v3" // registers its messages
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// vector has the fields of an input line that the driver uses.
type vector struct {
	ID      string                `json:"id"`
	Message protoreflect.FullName `json:"message"`
	JSON    string                `json:"json"`
	Binary  *string               `json:"binary"`
}

// report is one line of output. A nil pointer or slice is written as null.
type report struct {
	ID         string      `json:"id"`
	Plain      *string     `json:"plain"`
	Lenient    *string     `json:"lenient"`
	Violations []violation `json:"violations"`
	Binary     *string     `json:"binary"`
	JSON       *string     `json:"json"`
	FromBinary *fromBinary `json:"from_binary"`
	Keys       *stateKeys  `json:"keys"`
	EventType  *string     `json:"event_type"`
}

type violation struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
}

type fromBinary struct {
	Error      *string     `json:"error"`
	Equal      *bool       `json:"equal"`
	Violations []violation `json:"violations"`
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(args []string, w io.Writer) error {
	if len(args) != 1 {
		return errors.New("usage: driver <messages.jsonl>")
	}
	path := args[0]
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()

	out := bufio.NewWriter(w)
	// A Decoder, unlike a Scanner, has no limit for the length of a line.
	dec, enc := json.NewDecoder(file), json.NewEncoder(out)
	for {
		var v vector
		if err := dec.Decode(&v); err == io.EOF {
			return out.Flush()
		} else if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		r, err := examine(v)
		if err != nil {
			return fmt.Errorf("%s: vector %q: %w", path, v.ID, err)
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
}

// examine fails only if it cannot report a result: the vector is wrong, or a
// library refuses to judge or write a message that it has read.
func examine(v vector) (*report, error) {
	typ, err := protoregistry.GlobalTypes.FindMessageByName(v.Message)
	if err != nil {
		return nil, fmt.Errorf("message %q: %w", v.Message, err)
	}
	r := &report{ID: v.ID, EventType: eventType(typ.Descriptor())}
	r.Plain = text(protojson.Unmarshal([]byte(v.JSON), typ.New().Interface()))

	msg := typ.New().Interface()
	r.Lenient = text(protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal([]byte(v.JSON), msg))
	if r.Lenient != nil {
		msg = nil // A message that was read in part is not judged.
	} else if err := r.describe(msg); err != nil {
		return nil, err
	}
	if v.Binary != nil {
		r.FromBinary, err = decode(*v.Binary, typ, msg)
	}
	return r, err
}

// describe fills in the results for a message that was read.
func (r *report) describe(msg proto.Message) error {
	violations, err := violationsOf(msg)
	if err != nil {
		return err
	}
	// Without Deterministic, the entries of a map are in a random order.
	binary, err := proto.MarshalOptions{Deterministic: true}.Marshal(msg)
	if err != nil {
		return err
	}
	wire, err := protojson.Marshal(msg)
	if err != nil {
		return err
	}
	r.Violations = violations
	r.Binary = new(hex.EncodeToString(binary))
	r.JSON = new(string(wire))
	if state, ok := msg.(*dossierv1.MissionDossierState); ok {
		r.Keys = keysOf(state)
	}
	return nil
}

// decode reads the binary of a vector and compares it with the message that was
// read from its JSON, which is nil if the JSON could not be read.
func decode(digits string, typ protoreflect.MessageType, fromJSON proto.Message) (*fromBinary, error) {
	binary, err := hex.DecodeString(digits)
	if err != nil {
		return nil, err
	}
	msg := typ.New().Interface()
	if err := proto.Unmarshal(binary, msg); err != nil {
		return &fromBinary{Error: text(err)}, nil
	}
	violations, err := violationsOf(msg)
	if err != nil {
		return nil, err
	}
	f := &fromBinary{Violations: violations}
	if fromJSON != nil {
		f.Equal = new(proto.Equal(msg, fromJSON))
	}
	return f, nil
}

// violationsOf returns an empty slice for a valid message. It is not nil, because
// null in the output means that the message was not judged.
func violationsOf(msg proto.Message) ([]violation, error) {
	violations := []violation{}
	err := protovalidate.Validate(msg)
	if invalid, ok := errors.AsType[*protovalidate.ValidationError](err); ok {
		for _, v := range invalid.Violations {
			violations = append(violations, violation{
				Field: protovalidate.FieldPathString(v.Proto.GetField()),
				Rule:  v.Proto.GetRuleId(),
			})
		}
		return violations, nil
	}
	return violations, err
}

func eventType(desc protoreflect.MessageDescriptor) *string {
	if !proto.HasExtension(desc.Options(), dossierv1.E_EventType) {
		return nil
	}
	return new(proto.GetExtension(desc.Options(), dossierv1.E_EventType).(string))
}

func text(err error) *string {
	if err == nil {
		return nil
	}
	return new(err.Error())
}
