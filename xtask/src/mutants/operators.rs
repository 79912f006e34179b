//! Small changes to source code, all compiled at once: each is guarded by its number.
//!
//! A condition is forced, an operator replaced, a statement or a sign left out. The text of
//! the original stays in place; only text around it is inserted, so that mutants may nest.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprBinary, ExprMethodCall, ExprUnary, ImplItemFn, ItemFn, Stmt, UnOp};

/// A change.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What it does.
    pub description: String,
    /// Line in the original file.
    pub line: usize,
    /// Text put in place of ranges of the original; `@` stands for the guard.
    pub edits: Vec<(Range<usize>, String)>,
    /// The code that it is about.
    pub range: Range<usize>,
}

/// All mutants of a source file.
pub fn mutants(source: &str) -> syn::Result<Vec<Mutant>> {
    let file = syn::parse_file(source)?;
    let mut finder = Finder { source, found: Vec::new() };
    finder.visit_file(&file);
    Ok(finder.found)
}

struct Finder<'a> {
    source: &'a str,
    found: Vec<Mutant>,
}

impl Finder<'_> {
    fn add(&mut self, node: &impl Spanned, description: String, edits: Vec<(Range<usize>, String)>) {
        let (range, line) = (node.span().byte_range(), node.span().start().line);
        self.found.push(Mutant { description, line, edits, range });
    }

    /// The beginning of the code of `range`.
    fn text(&self, range: &Range<usize>) -> String {
        let text: Vec<&str> = self.source[range.clone()].split_whitespace().collect();
        text.join(" ").chars().take(60).collect()
    }

    /// `before` code `after`.
    fn around(&mut self, node: &impl Spanned, description: &str, before: &str, after: &str) {
        let Range { start, end } = node.span().byte_range();
        let description = format!("{description}: {}", self.text(&(start..end)));
        self.add(node, description, vec![(start..start, before.into()), (end..end, after.into())]);
    }

    fn force(&mut self, condition: &Expr) {
        // A pattern binds names that the rest needs.
        if !matches!(condition, Expr::Let(_)) {
            self.around(condition, "true", "(@ || (", "))");
            self.around(condition, "false", "(!@ && (", "))");
        }
    }

    /// `left operator right` becomes `left other right`.
    fn swap(&mut self, node: &impl Spanned, between: Range<usize>, after: &str, from: &str, to: &str) {
        let Range { start, end } = node.span().byte_range();
        let description = format!("{from} becomes {to}: {}", self.text(&(start..end)));
        let is_name = |form: &str| form.starts_with(char::is_alphabetic);
        let of = |form: &str| if is_name(form) { format!("l.{form}(r)") } else { format!("l {form} r") };
        let arms = format!(") {{ (l, r) => if @ {{ {} }} else {{ {} }} }})", of(to), of(from));
        let edits = vec![(start..start, "(match (".into()), (between, ", ".into()), (end - after.len()..end, arms)];
        self.add(node, description, edits);
    }

    /// Bodies of macros that are blocks.
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            let TokenTree::Group(group) = token else { continue };
            if group.delimiter() == Delimiter::Brace
                && let Ok(block) = syn::parse2::<Block>(TokenTree::Group(group.clone()).into())
            {
                self.result(&block);
                self.visit_block(&block);
            }
        }
    }

    /// A block of a rule ends with its condition.
    fn result(&mut self, block: &Block) {
        if let Some(Stmt::Expr(value, None)) = block.stmts.last()
            && !matches!(value, Expr::If(_) | Expr::Match(_))
        {
            self.force(value);
        }
    }
}

/// Methods with an argument, and what they become.
const METHODS: [(&str, &str); 4] =
    [("saturating_add", "saturating_sub"), ("saturating_sub", "saturating_add"), ("min", "max"), ("max", "min")];

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let is_test = function.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if function.sig.constness.is_none() && !is_test {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if function.sig.constness.is_none() {
            visit::visit_impl_item_fn(self, function);
        }
    }

    // Constants cannot depend on the environment; types have no behaviour.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_trait_item_const(&mut self, _: &'ast syn::TraitItemConst) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_macro(&mut self, of: &'ast syn::Macro) {
        if !of.path.is_ident("macro_rules") {
            self.tokens(of.tokens.clone());
        }
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.force(&branch.cond);
        visit::visit_expr_if(self, branch);
    }

    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let swapped = match binary.op {
            BinOp::Add(_) => Some(("+", "-")),
            BinOp::Sub(_) => Some(("-", "+")),
            BinOp::Mul(_) => Some(("*", "+")),
            BinOp::Lt(_) => Some(("<", "<=")),
            BinOp::Le(_) => Some(("<=", "<")),
            BinOp::Gt(_) => Some((">", ">=")),
            BinOp::Ge(_) => Some((">=", ">")),
            _ => None,
        };
        if let Some((from, to)) = swapped {
            self.swap(binary, binary.op.span().byte_range(), "", from, to);
        }
        if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) {
            self.force(&binary.left);
            self.force(&binary.right);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        if let (Some((from, to)), [argument]) =
            (METHODS.iter().find(|(from, _)| *from == name), &call.args.iter().collect::<Vec<_>>()[..])
        {
            let between = call.receiver.span().byte_range().end..argument.span().byte_range().start;
            self.swap(call, between, ")", from, to);
        }
        if ["double", "square"].contains(&name.as_str()) && call.args.is_empty() {
            let dot = call.receiver.span().byte_range().end..call.span().byte_range().end;
            let start = call.span().byte_range().start;
            let rest = format!(") {{ v => if @ {{ v }} else {{ v.{name}() }} }})");
            self.add(call, format!("without {name}"), vec![(start..start, "(match (".into()), (dot, rest)]);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        let sign = match unary.op {
            UnOp::Neg(_) => "-",
            UnOp::Not(_) => "!",
            _ => return visit::visit_expr_unary(self, unary),
        };
        if !matches!(*unary.expr, Expr::Lit(_)) {
            let Range { start, end } = unary.span().byte_range();
            let description = format!("without {sign}: {}", self.text(&(start..end)));
            let edits = vec![
                (start..start + 1, "(match (".into()),
                (end..end, format!(") {{ v => if @ {{ v }} else {{ {sign}v }} }})")),
            ];
            self.add(unary, description, edits);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(value, Some(_)) = statement
            && !matches!(value, Expr::Return(_) | Expr::Break(_) | Expr::Continue(_))
        {
            self.around(statement, "without", "if !@ { ", " }");
        }
        visit::visit_stmt(self, statement);
    }
}
